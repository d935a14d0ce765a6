/**
 * A door into the operator's namespace: whoever connects to the socket says "<address> <port>\n", reads "ok\n" (or "error ...\n"), and
 * talks to that address as the outside would. So a test can reach the lab from this machine's own network without a link between the two.
 */
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

const [path = ""] = process.argv.slice(2);

function serve(client: Socket, line: string, rest: Buffer): void {
  const [host = "", port = ""] = line.split(" ");
  const target = connect({ host, port: Number(port), allowHalfOpen: true });
  let open = false;
  target.once("connect", () => {
    open = true;
    client.write("ok\n");
    target.write(rest);
    client.pipe(target).pipe(client);
    client.resume();
  });
  target.on("error", (error: NodeJS.ErrnoException) => {
    if (open) client.destroy();
    else client.end(`error ${error.code ?? error.message}\n`);
  });
  client.on("close", () => target.destroy());
}

const server = createServer({ allowHalfOpen: true }, (client) => {
  let head = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\n");
    if (end < 0) return;
    client.off("data", read);
    client.pause();
    serve(client, head.subarray(0, end).toString("utf8"), head.subarray(end + 1));
  };
  client.on("data", read);
  // A client that goes away is no matter of ours.
  client.on("error", () => client.destroy());
});
server.listen(path);
