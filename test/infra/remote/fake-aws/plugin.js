/**
 * What the tests need of session-manager-plugin and of `aws ec2-instance-connect open-tunnel`: a port that leads to another one. FAKE_PLAN names a file
 * with a JSON list of what the next sessions do; the last one stays. FAKE_LOG gets a line a start: process id and arguments.
 */
const fs = require("node:fs");
const net = require("node:net");

const { FAKE_PLAN, FAKE_LOG, FAKE_TARGET } = process.env;
const args = process.argv.slice(2);
fs.appendFileSync(FAKE_LOG, `${process.pid} ${args.join(" ")}\n`);
const plan = JSON.parse(fs.readFileSync(FAKE_PLAN, "utf8"));
const [now] = plan;
if (plan.length > 1) fs.writeFileSync(FAKE_PLAN, JSON.stringify(plan.slice(1)));

// SIGTERM is left to the system, as the plugin leaves it.
process.on("SIGINT", () => {
  fs.appendFileSync(FAKE_LOG, `${process.pid} terminated its session\n`);
  if (!now.deaf) process.exit(0);
});

if (now.error !== undefined) {
  process.stderr.write(`\n${now.error}\n`);
  process.exit(now.code ?? 254);
} else if (now.hang === true) {
  setInterval(() => undefined, 1000);
} else {
  setTimeout(open, now.slowMs ?? 0);
}

function open() {
  const server = net.createServer((client) => {
    if (now.silent === true) return;
    if (now.refuses === true) return void client.destroy();
    const host = net.connect({ host: "127.0.0.1", port: Number(now.target ?? FAKE_TARGET) });
    client.pipe(host).pipe(client);
    for (const one of [client, host]) {
      one.on("error", () => client.destroy());
      one.on("close", () => (client.destroy(), host.destroy()));
    }
    if (now.diesAfterMs !== undefined) setTimeout(() => process.exit(1), now.diesAfterMs);
  });
  const given = args.indexOf("--local-port");
  server.on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(255);
  });
  server.listen({ host: "127.0.0.1", port: given < 0 ? 0 : Number(args[given + 1]) }, () => {
    // open-tunnel does not flush what it writes to a pipe.
    if (given < 0)
      process.stdout.write(
        `\nStarting session with SessionId: someone-0123\nPort ${server.address().port} opened for sessionId someone-0123.\nWaiting for connections...\n`,
      );
  });
}
