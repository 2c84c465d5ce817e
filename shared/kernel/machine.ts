/** A state machine as data: every state with the states it may become. Read by code, tests and docs alike. */
export type Machine<S extends string> = {
  readonly transitions: Readonly<Record<S, readonly S[]>>
  can(from: S, to: S): boolean
  /** The states from which `to` can be reached in one step: the WHERE clause of a conditional UPDATE. */
  sources(to: S): S[]
  isFinal(state: S): boolean
}

export function machine<const S extends string>(transitions: Record<S, readonly NoInfer<S>[]>): Machine<S> {
  const states = Object.keys(transitions) as S[]
  return {
    transitions,
    can: (from, to) => transitions[from].includes(to),
    sources: (to) => states.filter((from) => transitions[from].includes(to)),
    isFinal: (state) => transitions[state].length === 0,
  }
}
