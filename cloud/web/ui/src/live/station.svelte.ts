// What this station knows: the board, kept up by the feed, and the acts of its nurse.
import { SvelteMap } from 'svelte/reactivity'
import { openAlarms, ringing } from '../alarms/order'
import * as api from '../api/client'
import type { Alarm, Board, BoardResident, Gateway, Hello, VitalsEvent } from '../api/types'
import { clock } from '../time/clock.svelte'
import { Feed, type Link, type Source } from './feed'

/** The board is read anew this often, whatever the events said. */
const REFRESH_MS = 20_000
/** A change of alarms or gateways changes who is watched, which only the board says. */
const SETTLE_MS = 300
const NAME = 'osmanthus.station'

/** The name of this screen in every alarm's history; made up until somebody gives one. */
export function stationName(): string {
  const known = localStorage.getItem(NAME)
  if (known) return known
  const made = `station-${Math.random().toString(36).slice(2, 6).padEnd(4, '0')}`
  localStorage.setItem(NAME, made)
  return made
}

/** Gives this screen a name. */
export function nameStation(name: string): void {
  if (name.trim()) localStorage.setItem(NAME, name.trim().slice(0, 64))
}

export class Station {
  link = $state<Link>('connecting')
  /** Server time of the last word heard, in milliseconds; 0 before the first. */
  heardAt = $state(0)
  site = $state('')
  /** The service runs another version than when this page came. */
  outdated = $state(false)
  residents = $state.raw<BoardResident[]>([])
  gateways = $state.raw<Gateway[]>([])
  readonly alarms = new SvelteMap<number, Alarm>()

  /** Open alarms, most urgent first. */
  open = $derived(openAlarms(this.alarms.values()))
  ringing = $derived(ringing(this.open))

  readonly #name = stationName()
  readonly #feed: Feed
  readonly #telling = new Set<number>()
  readonly #heard: () => void
  #version: string | undefined
  #refresh: ReturnType<typeof setTimeout> | undefined
  /** For each board that is on its way: the alarms that were heard of meanwhile. */
  readonly #loading = new Set<Set<number>>()
  /** Boards may arrive out of order: the numbers of the last one asked for, and of the one shown. */
  #asked = 0
  #shown = 0

  /** `heard` is told each sign of life; `ended` that the session is over. */
  constructor(heard: () => void, ended: () => void, open: () => Source = () => new EventSource('/api/v1/events')) {
    this.#heard = heard
    this.#feed = new Feed(open, {
      event: (type, data) => this.#take(type, data),
      link: (link) => {
        this.link = link
        if (link === 'ok') this.#heard()
      },
      snapshot: () => this.#snapshot(),
      ended,
    })
  }

  start(): void {
    this.#feed.start()
    this.#again(REFRESH_MS)
  }

  stop(): void {
    this.#feed.stop()
    clearTimeout(this.#refresh)
  }

  resident(id: string): BoardResident | undefined {
    return this.residents.find((r) => r.id === id)
  }

  acknowledge = async (alarm: Alarm): Promise<void> => this.#learn(await api.acknowledge(alarm.id, this.#name))
  onSite = async (alarm: Alarm): Promise<void> => this.#learn(await api.onSite(alarm.id, this.#name))
  close = async (alarm: Alarm, closing: api.Closing): Promise<void> => this.#learn(await api.close(alarm.id, this.#name, closing))

  /**
   * Tells the service that these alarms can be seen (or heard) here. What the
   * service does not know yet is told again with the next board, and so is an
   * alarm that was raised anew.
   */
  displayed(alarms: Alarm[]): void {
    for (const { id, displayed } of alarms) {
      if (this.#telling.has(id) || displayed.some((mark) => mark.station === this.#name)) continue
      this.#telling.add(id)
      api
        .displayed(id, this.#name)
        .then((alarm) => this.#learn(alarm))
        .catch(() => undefined)
        .finally(() => this.#telling.delete(id))
    }
  }

  /** A history only ever grows: what comes with a shorter one was overtaken on its way. */
  #learn(alarm: Alarm): void {
    const known = this.alarms.get(alarm.id)
    if (known && known.history.length > alarm.history.length) return
    this.alarms.set(alarm.id, alarm)
    for (const newer of this.#loading) newer.add(alarm.id)
  }

  #take(type: string, data: unknown): void {
    const { now } = data as { now?: string }
    if (now) clock.set(now)
    this.heardAt = clock.now
    if (this.link === 'ok') this.#heard()
    switch (type) {
      case 'hello':
        return this.#hello(data as Hello)
      case 'alarm':
        this.#learn(data as Alarm)
        return this.#again(SETTLE_MS)
      case 'vitals':
        return this.#vitals(data as VitalsEvent)
      case 'gateway':
        return this.#again(SETTLE_MS)
    }
  }

  #hello({ version, site }: Hello): void {
    this.#version ??= version
    this.outdated = version !== this.#version
    this.site = site
  }

  #vitals(event: VitalsEvent): void {
    this.residents = this.residents.map((r) => (r.id === event.resident ? { ...r, vitals: event.vitals, signs: event.signs, bed_occupied: event.bed_occupied } : r))
  }

  async #snapshot(): Promise<'ok' | 'failed' | 'ended'> {
    const newer = new Set<number>()
    const number = ++this.#asked
    this.#loading.add(newer)
    try {
      const board = await api.readBoard()
      if (number > this.#shown) {
        this.#shown = number
        this.#show(board, newer)
      }
      return 'ok'
    } catch (err) {
      return err instanceof api.Refused && err.status === 401 ? 'ended' : 'failed'
    } finally {
      this.#loading.delete(newer)
    }
  }

  #show(board: Board, newer: Set<number>): void {
    clock.set(board.now)
    this.site = board.site
    this.residents = board.residents
    this.gateways = board.gateways
    const open = new Set(board.alarms.map((a) => a.id))
    for (const id of [...this.alarms.keys()]) if (!open.has(id) && !newer.has(id)) this.alarms.delete(id)
    for (const alarm of board.alarms) if (!newer.has(alarm.id)) this.alarms.set(alarm.id, alarm)
  }

  #again(after: number): void {
    clearTimeout(this.#refresh)
    this.#refresh = setTimeout(() => {
      this.#again(REFRESH_MS)
      if (this.link === 'ok') void this.#renew()
    }, after)
  }

  /** Events alone do not make a page that is alive: without a board the link is doubted. */
  async #renew(): Promise<void> {
    if ((await this.#snapshot()) !== 'ok') this.#feed.doubt()
  }
}
