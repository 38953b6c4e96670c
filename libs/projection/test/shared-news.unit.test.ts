import { describe, expect, test } from '@jest/globals';
import type { Position } from '@throughline/contracts';
import { SharedNews } from '../src/host/shared-news.ts';

const followed = (through: string) => ({
  through: through as Position,
  events: 1,
  recordedAt: undefined,
  startedAt: 0,
  endedAt: 0,
});

describe('what a replica that writes several parts tells', () => {
  test('is as far as the last of its parts, and no part that has gone elsewhere counts', () => {
    const news = new SharedNews();
    news.share([0, 1]);
    expect(news.followed(0, followed('05')).through).toBe('05');
    expect(news.followed(1, followed('03')).through).toBe('03');
    expect(news.followed(0, followed('09')).through).toBe('03');
    news.share([0]);
    expect(news.followed(0, followed('0a')).through).toBe('0a');
  });

  test('is all that waits in their outboxes, and why some of it does', () => {
    const news = new SharedNews();
    news.share([0, 1]);
    expect(news.relayed(0, { waiting: 2 })).toEqual({ waiting: 2 });
    expect(news.relayed(1, { waiting: 3, failed: 'changes-unpublished' })).toEqual({
      waiting: 5,
      failed: 'changes-unpublished',
    });
    expect(news.relayed(0, { waiting: 0 })).toEqual({ waiting: 3, failed: 'changes-unpublished' });
    expect(news.relayed(1, { waiting: 0 })).toEqual({ waiting: 0 });
    news.share([0]);
    expect(news.relayed(0, { waiting: 1 })).toEqual({ waiting: 1 });
  });
});
