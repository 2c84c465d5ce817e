import type { Broker } from './broker.ts'
import { NOTES } from './event.ts'
import { isMissing } from './streams.ts'

/**
 * Small facts that the processes of a platform share, the last one of each name, kept for 30 days beside the streams
 * that they are about: whoever loses those loses these as well.
 */
export class Notes {
  readonly #broker: Pick<Broker, 'jetstream' | 'manager'>

  constructor(broker: Pick<Broker, 'jetstream' | 'manager'>) {
    this.#broker = broker
  }

  async read(name: string): Promise<number | undefined> {
    try {
      const note = await this.#broker.manager!.streams.getMessage(NOTES, { last_by_subj: `notes.${name}` })
      return note ? Number(note.string()) : undefined
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async write(name: string, value: number): Promise<void> {
    await this.#broker.jetstream!.publish(`notes.${name}`, String(value))
  }
}
