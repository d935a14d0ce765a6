/** One line that says what is being done, on a terminal only; a pipe sees nothing of it. */
export class Progress {
  private shown = false;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  say(text: string): void {
    if (this.stream.isTTY) {
      this.shown = true;
      this.stream.write(`\r\u001b[K${text.slice(0, (this.stream.columns ?? 80) - 1)}`);
    }
  }

  /** Removes the line. */
  end(): void {
    if (this.shown) {
      this.stream.write("\r\u001b[K");
      this.shown = false;
    }
  }
}
