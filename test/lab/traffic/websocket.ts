/** The little of a WebSocket client that a test needs: short text messages, pings, and the reason of a close. Node 20 has none of its own. */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

export interface Listener {
  opened(): void;
  message(text: string): void;
  /** `code` is that of the close frame; undefined where the connection ended without one. */
  closed(code: number | undefined, reason: string): void;
}

/** Frames of a client are masked. */
function frame(kind: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([Buffer.from([0x80 | kind, 0x80 | payload.length]), mask, masked]);
}

export class WebSocketClient {
  private readonly socket: Socket;
  private buffer = Buffer.alloc(0);
  private open = false;
  private code: number | undefined;
  private reason = "";

  constructor(
    host: string,
    path: string,
    private readonly listener: Listener,
  ) {
    this.socket = connect(80, host);
    const key = randomBytes(16).toString("base64");
    this.socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    this.socket.on("data", (data: Buffer) => this.take(data));
    this.socket.on("error", (error) => (this.reason = error.message));
    this.socket.on("close", () => listener.closed(this.code, this.reason));
  }

  send(text: string): void {
    this.socket.write(frame(TEXT, Buffer.from(text)));
  }

  end(): void {
    this.socket.destroy();
  }

  private take(data: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, data]);
    if (!this.open && !this.handshake()) return;
    while (this.buffer.length >= 2) {
      const kind = (this.buffer[0] ?? 0) & 15;
      const length = (this.buffer[1] ?? 0) & 127;
      if (length > 125) throw new Error("a message of more than 125 bytes");
      if (this.buffer.length < 2 + length) return;
      const payload = this.buffer.subarray(2, 2 + length);
      this.buffer = this.buffer.subarray(2 + length);
      this.handle(kind, payload);
    }
  }

  private handshake(): boolean {
    const end = this.buffer.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const status = this.buffer.toString("latin1", 0, this.buffer.indexOf("\r\n"));
    if (!status.startsWith("HTTP/1.1 101 ")) {
      this.reason = status;
      this.socket.destroy();
      return false;
    }
    this.buffer = this.buffer.subarray(end + 4);
    this.open = true;
    this.listener.opened();
    return true;
  }

  private handle(kind: number, payload: Buffer): void {
    if (kind === TEXT) this.listener.message(payload.toString());
    if (kind === PING) this.socket.write(frame(PONG, payload));
    if (kind !== CLOSE) return;
    this.code = payload.length < 2 ? undefined : payload.readUInt16BE(0);
    this.reason = payload.toString("utf8", 2);
    this.socket.end(frame(CLOSE, payload));
  }
}
