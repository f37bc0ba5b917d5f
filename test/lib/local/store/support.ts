import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RealClock } from '../../../../lib/base';
import { LmdbStore, type LmdbStoreOptions } from '../../../../lib/local/store';

/** A folder for one test file; its stores, and what they reported. */
export class StoreFolder {
  readonly root = mkdtempSync(path.join(tmpdir(), 'knc-store-test-'));
  readonly folder = path.join(this.root, 'store');
  readonly reports: string[] = [];
  readonly #clock = new RealClock({ unref: true });

  open(options: Partial<LmdbStoreOptions> = {}): Promise<LmdbStore> {
    return LmdbStore.open({ folder: this.folder, clock: this.#clock, report: (text) => this.reports.push(text), ...options });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
