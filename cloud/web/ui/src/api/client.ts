// The calls of the API, typed by its OpenAPI file.
import createClient from 'openapi-fetch'
import type { paths } from './schema'
import type { Alarm, Board, Note, Problem, Quarantined, Resolution, Series, Session } from './types'

/** What the service refused, or that it did not answer (status 0). */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly hint: string

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? '')
    this.status = status
    this.code = problem.code ?? (status === 0 ? 'network' : 'internal')
    this.hint = problem.hint ?? ''
  }
}

const client = createClient<paths>({ baseUrl: '/api/v1' })

type Answer<T> = { data?: T; error?: unknown; response: Response }

async function ask<T>(request: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await request.catch(() => {
    throw new Refused(0, {})
  })
  if (!response.ok) throw new Refused(response.status, (error ?? {}) as Partial<Problem>)
  return data as NonNullable<T>
}

/** A request that hangs is a link that is lost. */
const timely = () => AbortSignal.timeout(7_000)

export const readSession = (): Promise<Session> => ask(client.GET('/session', { signal: timely() }))

export const logIn = (name: string, password: string): Promise<Session> =>
  ask(client.POST('/session', { body: { name, password }, signal: timely() }))

export const logOut = (): Promise<unknown> => ask(client.DELETE('/session', { signal: timely() }))

export const readBoard = (): Promise<Board> => ask(client.GET('/board', { signal: timely() }))

export const readAlarm = (id: number): Promise<Alarm> => ask(client.GET('/alarms/{id}', { params: { path: { id } }, signal: timely() }))

export const listAlarms = async (resident?: string): Promise<Alarm[]> =>
  (await ask(client.GET('/alarms', { params: { query: { state: 'all', limit: 100, ...(resident ? { resident } : {}) } }, signal: timely() }))) ?? []

export const listNotes = async (id: string): Promise<Note[]> =>
  (await ask(client.GET('/residents/{id}/notes', { params: { path: { id }, query: { limit: 20 } }, signal: timely() }))) ?? []

export const readReadings = (id: string, metric: string, from: Date, to: Date, every: number): Promise<Series> =>
  ask(
    client.GET('/residents/{id}/readings', {
      params: { path: { id }, query: { metric, from: from.toISOString(), to: to.toISOString(), every } },
      signal: timely(),
    }),
  )

export const listQuarantine = async (): Promise<Quarantined[]> =>
  (await ask(client.GET('/quarantine', { params: { query: { limit: 100 } }, signal: timely() }))) ?? []

export const replayQuarantine = (id: number): Promise<unknown> =>
  ask(client.POST('/quarantine/{id}/replay', { params: { path: { id } }, signal: timely() }))

export interface Closing {
  resolution: Resolution
  note?: string
  override_reason?: string
}

const on = (id: number, station: string) => ({ params: { path: { id } }, body: { station }, signal: timely() })

export const acknowledge = (id: number, station: string): Promise<Alarm> => ask(client.POST('/alarms/{id}/acknowledge', on(id, station)))

export const onSite = (id: number, station: string): Promise<Alarm> => ask(client.POST('/alarms/{id}/on-site', on(id, station)))

export const displayed = (id: number, station: string): Promise<Alarm> => ask(client.POST('/alarms/{id}/displayed', on(id, station)))

export const close = (id: number, station: string, closing: Closing): Promise<Alarm> =>
  ask(client.POST('/alarms/{id}/close', { params: { path: { id } }, body: { station, ...closing }, signal: timely() }))
