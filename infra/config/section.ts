/** One section of a stack's configuration, as the schema has it. */
export interface Section {
  readonly description: string;
  /** Given with `pulumi config set --secret`. */
  readonly secret?: boolean;
  /** Keys that have no default and must be given. */
  readonly required?: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
}
