/** `health.body` as a text: broken JSON is a mistake, any other text is compared as it is. */
import { health } from "../../../infra/config/health";

const problems = (body: unknown): string[] => health({ project: "ml-gateway", sections: { health: { status: 200, body } } });

test.each([
  '{"status": "ok"',
  '{"status": "ok",}',
  '{"status": ok}',
  ' { "status" : "ok" ]',
  '"status": "ok"}',
  '{"a": {"b": 1}',
  '["ok"',
  '[{"status": "ok"}',
  "{“status”: “ok”}",
])("%s was meant as JSON", (body) => {
  expect(problems(body)).toEqual([
    expect.stringMatching(
      /^ml-gateway:health\.body: found .*, a text that begins as JSON and is none .* write the keys .* health\.body: \{ status: ok \}$/,
    ),
  ]);
});

test.each(['{"status": "ok"}', '["ok"]', '"ok"', "ok", "any", "[OK]", "{ok}", "{'status': 'ok'}", "status: ok", '"quoted" word', ""])(
  "%s is taken as it is",
  (body) => {
    expect(problems(body)).toEqual([]);
  },
);

test("keys are JSON of their own", () => {
  expect(problems({ status: "ok" })).toEqual([]);
});
