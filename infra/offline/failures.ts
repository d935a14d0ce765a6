/**
 * What fails in a run, gathered until it is over. As with the engine, nothing new begins after a failure, and what is under way ends first.
 *
 * The SDK does not learn of the failure: it would leave a rejected promise for everything that depends on it, each of which ends the process. Who
 * waits for an answer waits for the end of the run.
 */
export class Failures {
  private readonly all: Error[] = [];
  private underWay = 0;
  private fail: (error: Error) => void = () => undefined;
  /** Rejects, naming all, when something has failed and what was under way has ended. */
  readonly failed = new Promise<never>((_resolve, reject) => (this.fail = reject));

  /** @param what for the message: the resource, or the call @returns what the work does; never, when something has failed */
  async guard<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.all.length > 0) {
      return never();
    }
    this.underWay += 1;
    try {
      return await work();
    } catch (error) {
      this.all.push(new Error(`${what}: ${asError(error).message}`, { cause: error }));
      return never();
    } finally {
      this.underWay -= 1;
      this.settle();
    }
  }

  /** The program itself: its failure is passed on as it is, and it is no part of what is waited for, because it waits for the others. */
  async guardProgram<T>(program: () => Promise<T>): Promise<T> {
    try {
      return await program();
    } catch (error) {
      this.all.push(asError(error));
      this.settle();
      return never();
    }
  }

  private settle(): void {
    const [first, ...more] = this.all;
    if (first !== undefined && this.underWay === 0) {
      this.fail(more.length === 0 ? first : new Error(this.all.map((one) => one.message).join("\n"), { cause: first }));
    }
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
const never = (): Promise<never> => new Promise(() => undefined);
