/**
 * A command's answer that is not "good": its text goes to standard error as it stands.
 * `exitCode` 1: the answer is no, or a check failed; 2: wrong use, or a server is missing.
 */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
