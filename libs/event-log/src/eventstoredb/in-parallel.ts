/** Does something for each, at most so many at a time; the results stand in the order of the questions. */
export async function inParallel<Q, A>(
  questions: readonly Q[],
  atATime: number,
  ask: (question: Q) => Promise<A>,
): Promise<A[]> {
  const answers: A[] = [];
  let next = 0;
  const worker = async () => {
    while (next < questions.length) {
      const n = next++;
      answers[n] = await ask(questions[n]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, questions.length) }, worker));
  return answers;
}
