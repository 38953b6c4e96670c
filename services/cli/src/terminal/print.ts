/** Standard output, at the pace of whoever reads it. */
let isGone = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `| head` closes the pipe when it has seen enough: that is no failure.
  if (error.code !== 'EPIPE') throw error;
  isGone = true;
});

/** Writes, and waits while the reader is behind. @returns false once nobody reads any more. */
export async function print(text: string): Promise<boolean> {
  if (text !== '' && !isGone && !process.stdout.write(text)) await drained();
  return !isGone;
}

function drained(): Promise<void> {
  const { stdout } = process;
  return new Promise((resolve) => {
    const done = () => {
      stdout.off('drain', done).off('close', done);
      resolve();
    };
    stdout.on('drain', done).on('close', done);
  });
}
