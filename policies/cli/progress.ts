/** One line that says what is being done and for how long, on a terminal only; a pipe sees nothing of it. */
type Stream = Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write">;

/** What ends sooner than this, in milliseconds, needs no line. */
const QUIET = 1000;

export class Progress {
  private readonly started = Date.now();
  private text = "";
  private shown = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly stream: Stream) {}

  say(text: string): void {
    if (!this.stream.isTTY) return;
    this.text = text;
    this.timer ??= setInterval(() => this.show(), 1000).unref();
    this.show();
  }

  private show(): void {
    const elapsed = Date.now() - this.started;
    if (elapsed < QUIET) return;
    this.shown = true;
    const line = `${String(Math.floor(elapsed / 1000))} s  ${this.text}`;
    this.stream.write(`\r\u001b[K${line.slice(0, (this.stream.columns || 80) - 1)}`);
  }

  /** Removes the line. */
  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.shown) this.stream.write("\r\u001b[K");
    this.shown = false;
  }
}
