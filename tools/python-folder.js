/**
 * The folder of the Python that `python3` starts. What pyenv and others put on the PATH is a script that looks for it, at 60 ms of processor
 * time a start, and the tests start some hundreds. Undefined where there is none.
 */
const { spawnSync } = require("node:child_process");

module.exports = {
  pythonFolder: () => {
    const { status, stdout } = spawnSync("python3", ["-I", "-S", "-c", "import os, sys; print(os.path.dirname(sys.executable))"], {
      encoding: "utf8",
    });
    return status === 0 ? stdout.trim() : undefined;
  },
};
