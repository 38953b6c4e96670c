import { EXIT, Stop } from '../exit.ts';
import type { ProjectionsAnswer } from './answers.ts';
import type { Client } from './client.ts';

/** Asks until no answer is late: a platform with much to fold may need longer than one question may wait. */
export async function untilVisible(client: Client, position: string): Promise<void> {
  for (;;) {
    const seen = await client
      .get<ProjectionsAnswer>('/projections', { after: position, timeout: '30000' })
      .catch((error: unknown) => {
        if (error instanceof Stop && error.exitCode === EXIT.unreachable && error.message.includes('view'))
          return undefined;
        throw error;
      });
    if (seen) return;
  }
}
