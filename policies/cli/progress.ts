/** One line that says what is being done and for how long, on a terminal only; a pipe sees nothing of it. */
type Stream = Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write">;

/** What ends sooner than this, in milliseconds, needs no line. */
const QUIET = 1000;

export class Progress {
  private readonly started = Date.now();
  private text = "";
  private shown = false;
  private timer: NodeJS.Timeout | undefined;

  private readonly write: Stream["write"];

  constructor(private readonly stream: Stream) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    this.write = write;
    if (!stream.isTTY) return;
    // Whatever else is written there (a warning of the program) begins on a line of its own.
    stream.write = (...args: unknown[]) => {
      this.hide();
      return write(...args);
    };
  }

  say(text: string): void {
    if (!this.stream.isTTY) return;
    this.text = text;
    this.timer ??= setInterval(() => this.show(), 1000).unref();
    this.show();
  }

  /** Before what keeps the process itself busy for more than a second, as loading does: no timer comes to its turn meanwhile. */
  busy(text: string): void {
    this.say(text);
    if (this.stream.isTTY && !this.shown) this.show(true);
  }

  private show(now = false): void {
    const elapsed = Date.now() - this.started;
    if (!now && elapsed < QUIET) return;
    this.shown = true;
    const line = `${String(Math.floor(elapsed / 1000))} s  ${this.text}`;
    this.write(`\r\u001b[K${line.slice(0, (this.stream.columns || 80) - 1)}`);
  }

  /** Removes the line until there is something new to say, or a second has passed. */
  hide(): void {
    if (this.shown) this.write("\r\u001b[K");
    this.shown = false;
  }

  /** Removes the line. */
  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.hide();
  }
}
