/** What is said of an app.module that Python could not import. */
import { moduleAdvice } from "../../../infra/app/module";

test.each([
  ["my-app/main.py:app", "Python imports no name with a hyphen: rename my-app to my_app, and write my_app.main:app"],
  [
    "my-app.sub-part.main:app",
    "Python imports no name with a hyphen: rename my-app to my_app and sub-part to sub_part, and write my_app.sub_part.main:app",
  ],
  ["größe.main:app", "rename größe in letters of ASCII (a to z, digits, underscores), and write it so here"],
  ["src/пакет/main.py", "rename пакет in letters of ASCII (a to z, digits, underscores), and write it so here"],
  ["app/main.py", "write app.main:app (app being the name of the application in it)"],
  ["app/main.py:api", "write app.main:api"],
])("%s: %s", (text, expected) => {
  expect(moduleAdvice(text)).toBe(expected);
});
