/**
 * What session-manager-plugin and `aws ec2-instance-connect open-tunnel` do, for a lab: a port of this computer that leads to port 22 on the loopback
 * of a machine, as its agent leads it there, whatever its security groups allow. LAB_DIRECTORY has the lab's state, and gets the folder `sessions`:
 * `log` with a line a session, and all that went through each, both ways. A file `sessions/fault` there says what goes wrong.
 */
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const path = require("node:path");

const { LAB_DIRECTORY: directory, LAB_HOST_NAMESPACE: hostNamespace } = process.env;
const args = process.argv.slice(2);
const folder = path.join(directory, "sessions");
const value = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);

/** In the machine's namespace: what connects to the socket comes to its port 22. */
if (args[0] === "agent") {
  net
    .createServer({ allowHalfOpen: true }, (client) => lead(client, net.connect({ host: "127.0.0.1", port: 22, allowHalfOpen: true })))
    .listen(args[1], () => process.stdout.write("ready\n"));
} else session();

function lead(client, host) {
  client.pipe(host).pipe(client);
  for (const one of [client, host]) {
    one.on("error", () => one.destroy());
    one.on("close", () => (client.destroy(), host.destroy()));
  }
}

function refuse(code, text) {
  process.stderr.write(`\n${text}\n`);
  process.exit(code);
}

/** @returns the id of the instance and the port to open, as AWS would take the arguments */
function asked() {
  const [service, action] = args;
  if (service === "ssm" && action === "start-session") {
    if (value("--document-name") !== "AWS-StartPortForwardingSession" || value("--parameters") !== "portNumber=22")
      refuse(254, "An error occurred (InvalidDocument) when calling the StartSession operation: not a session for port 22");
    return { id: value("--target"), port: 0, operation: "StartSession", absent: "TargetNotConnected" };
  }
  if (service === "ec2-instance-connect" && action === "open-tunnel" && value("--remote-port") === "22")
    return {
      id: value("--instance-id"),
      port: Number(value("--local-port")),
      operation: "OpenTunnel",
      absent: "InvalidInstanceID.NotFound",
    };
  return refuse(252, `aws: error: argument operation: Invalid choice: ${service} ${action}`);
}

function session() {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fault = fs.existsSync(path.join(folder, "fault")) ? fs.readFileSync(path.join(folder, "fault"), "utf8").trim() : "";
  const { id, port, operation, absent } = asked();
  // As the CLI says it of its missing plugin (awscli/customizations/sessionmanager.py).
  if (fault === "no plugin")
    refuse(
      255,
      "SessionManagerPlugin is not found. Please refer to SessionManager Documentation here: http://docs.aws.amazon.com/console/systems-manager/session-manager-plugin-not-found",
    );
  const { hosts } = JSON.parse(fs.readFileSync(path.join(directory, "lab.json"), "utf8"));
  const host = Object.values(hosts).find(({ instanceId }) => instanceId === id);
  if (host === undefined) refuse(254, `An error occurred (${absent}) when calling the ${operation} operation: ${id} is not connected.`);
  const log = (text) => fs.appendFileSync(path.join(folder, "log"), `${process.pid} ${id} ${text}\n`);
  const socket = path.join(folder, `${process.pid}.sock`);
  const agent = spawn("nsenter", [`--net=/run/netns/${hostNamespace}${host.name}`, process.execPath, __filename, "agent", socket], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.on("exit", () => (agent.kill("SIGKILL"), fs.rmSync(socket, { force: true })));
  process.on("SIGINT", () => (log("terminated"), process.exit(0)));
  agent.on("exit", () => refuse(255, `the agent of ${id} went away`));
  agent.stdout.once("data", () => open(port, socket, log));
}

function open(port, socket, log) {
  const through = fs.createWriteStream(path.join(folder, `${process.pid}.bytes`), { flags: "a", mode: 0o600 });
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    const host = net.connect({ path: socket, allowHalfOpen: true });
    for (const one of [client, host]) one.on("data", (part) => through.write(part));
    lead(client, host);
  });
  server.on("error", (error) => refuse(255, error.message));
  server.listen({ host: "127.0.0.1", port }, () => {
    const opened = server.address().port;
    log(`${args[0]} port ${opened}`);
    // open-tunnel does not flush what it writes to a pipe.
    if (port === 0)
      process.stdout.write(
        `\nStarting session with SessionId: lab-${process.pid}\nPort ${opened} opened for sessionId lab-${process.pid}.\nWaiting for connections...\n`,
      );
  });
}
