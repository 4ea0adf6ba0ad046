import { Command } from 'commander';
import { CommandFailed } from '../../../cli/commandFailed.js';

/** How a command ended, as `cli/main.ts` would have it. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command in this process and catches what it prints. */
export async function runCommand(
  register: (program: Command) => void,
  argv: readonly string[],
): Promise<CommandResult> {
  const program = new Command('durabill').exitOverride();
  register(program);
  let stdout = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    stdout += String(chunk);
    return true;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return { exitCode: 0, stdout, stderr: '' };
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return { exitCode: error.exitCode, stdout, stderr: error.message };
  } finally {
    write.mockRestore();
  }
}
