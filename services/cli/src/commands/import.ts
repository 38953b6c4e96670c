import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { mapFile } from '@throughline/mapping';
import { Command } from 'commander';
import { Client } from '../api/client.ts';
import { untilVisible } from '../api/until-visible.ts';
import { EXIT, Stop } from '../exit.ts';
import { importFile, type FileReport } from '../import/import-file.ts';
import { asStop, openFile, openJoins, openMap } from '../import/open-map.ts';
import { count, duration } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { print } from '../terminal/print.ts';

interface Options {
  readonly map: string;
  readonly join?: ReadonlyMap<string, string>;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function importCommand(): Command {
  return new Command('import')
    .summary('turn an export into touchpoints')
    .description(
      'Turns any CSV, TSV, fixed-column or NDJSON export into touchpoints, as a map says, and hands them to the platform.\n\nSending a file again is safe: what is already there is recognised. Rows that cannot be mapped are kept in quarantine.',
    )
    .argument('<file...>', 'the export, one or more files of the same shape')
    .requiredOption('--map <map.yaml>', 'what the columns mean: docs/guides/import.md')
    .option(
      '--join <name=file>',
      'where a file that the map joins is, if not beside the export or the map; may be repeated',
      joinOption,
    )
    .option('--dry-run', 'send nothing: print the touchpoints as NDJSON')
    .option('--wait', 'wait until all views show what was sent')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ npx throughline import calls.csv --map calls.map.yaml
  $ npx throughline import calls.csv --map calls.map.yaml --dry-run | head -3
  $ npx throughline import orders-*.csv --map examples/olist/orders.map.yaml --join customers=../customers.csv

Ends with 0 when all is in, 5 when some of it is in quarantine, 2 when the map or a file cannot be used
(nothing was sent), 4 when no platform answers (send again: it is safe).`,
    )
    .action(run);
}

async function run(files: readonly string[], options: Options): Promise<void> {
  const missing = files.find((file) => !existsSync(file) || !statSync(file).isFile());
  if (missing !== undefined) throw new Stop(EXIT.usage, `There is no file ${missing}.`);
  const map = openMap(options.map);
  if (options.dryRun) return dryRun(files, map, options);
  const client = new Client();
  const reports: FileReport[] = [];
  for (const file of files) {
    const tables = await openJoins(map, options.map, file, options.join ?? new Map());
    const report = await importFile(client, map, tables, file, options.json === true).catch((error: unknown) => {
      throw asStop(error);
    });
    reports.push(report);
    if (!options.json) await print(reportText(report));
  }
  const position = reports.reduce<string | undefined>(
    (last, report) =>
      report.position !== undefined && (last === undefined || report.position > last) ? report.position : last,
    undefined,
  );
  if (options.wait && position !== undefined) await untilVisible(client, position);
  if (options.json) await print(`${JSON.stringify({ files: reports, position: position ?? null }, undefined, 2)}\n`);
  if (reports.some((report) => report.quarantined > 0)) process.exitCode = EXIT.partlyQuarantined;
}

async function dryRun(files: readonly string[], map: ReturnType<typeof openMap>, options: Options): Promise<void> {
  for (const file of files) {
    const tables = await openJoins(map, options.map, file, options.join ?? new Map());
    try {
      for await (const batch of mapFile(map, tables, openFile(file), basename(file))) {
        const items = batch.flatMap((row): readonly object[] =>
          row.kind === 'mapped' ? row.touchpoints : row.kind === 'unfit' ? [row.item] : [],
        );
        if (!(await print(items.map((item) => `${JSON.stringify(item)}\n`).join('')))) return;
      }
    } catch (error) {
      throw asStop(error);
    }
  }
}

function reportText({
  file,
  rows,
  leftOut,
  unfit,
  accepted,
  duplicates,
  quarantined,
  reasons,
  seconds,
  position,
}: FileReport): string {
  const line = (name: string, n: number, note = '') =>
    `  ${name.padEnd(12)} ${count(n).padStart(11)}${note === '' ? '' : `  ${paint.dim(note)}`}\n`;
  let text = `${paint.bold(file)}  ${count(rows)} rows in ${duration(seconds)} (${count(rows / seconds)} a second)\n`;
  text += line('accepted', accepted);
  text += line('duplicate', duplicates, duplicates > 0 ? 'were there already' : '');
  if (leftOut > 0) text += line('left out', leftOut, 'by the map’s conditions');
  text += line('quarantined', quarantined, quarantined > 0 ? `${count(unfit)} that could not be mapped` : '');
  for (const reason of reasons.slice(0, 10)) {
    const more = reason.count > reason.lines.length ? ', …' : '';
    text += `    ${paint.yellow(count(reason.count))} × ${reason.message}\n      ${paint.dim(`line${reason.lines.length > 1 ? 's' : ''} ${reason.lines.join(', ')}${more}`)}\n`;
  }
  if (reasons.length > 10) text += `    and ${count(reasons.length - 10)} more reasons\n`;
  if (quarantined > 0) text += `  ${paint.dim('See them: npx throughline quarantine list')}\n`;
  if (position !== undefined) text += `  ${paint.dim(`position ${position}`)}\n`;
  return text;
}

function joinOption(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new Stop(EXIT.usage, `--join takes name=file, not ${text}.`);
  return new Map([...before, [text.slice(0, at), text.slice(at + 1)]]);
}
