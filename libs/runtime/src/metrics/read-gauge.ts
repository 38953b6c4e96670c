import { Gauge, type Registry } from 'prom-client';

interface Figure<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
}

type Readings<Label extends string> = Iterable<readonly [Readonly<Record<Label, string | number>>, number]>;

/** Registers a figure that is read whenever somebody asks for it. */
export function readGauge(registry: Registry, name: string, help: string, read: () => number): void {
  readGauges(registry, { name, help, labelNames: [] }, () => [[{}, read()]]);
}

/** The same of a figure with labels; what is not read any more is not told any more. */
export function readGauges<Label extends string>(
  registry: Registry,
  figure: Figure<Label>,
  read: () => Readings<Label> | Promise<Readings<Label>>,
): void {
  registry.registerMetric(
    new Gauge<Label>({
      ...figure,
      registers: [],
      async collect() {
        const readings = await read();
        this.reset();
        for (const [labels, value] of readings) this.set(labels, value);
      },
    }),
  );
}
