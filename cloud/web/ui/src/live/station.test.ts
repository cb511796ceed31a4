import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { alarm } from '../../test/alarm'
import type { Alarm, Board } from '../api/types'
import type { Source } from './feed'
import { Station } from './station.svelte'

const api = vi.hoisted(() => ({ readBoard: vi.fn(), displayed: vi.fn() }))
vi.mock('../api/client', async (original) => ({ ...(await original<object>()), ...api }))

const listeners = new Map<string, (event: MessageEvent<string>) => void>()
const source: Source = { addEventListener: (type, listener) => listeners.set(type, listener), close() {} }

async function send(type: string, data: unknown): Promise<void> {
  listeners.get(type)?.(new MessageEvent(type, { data: JSON.stringify(data) }))
  await vi.advanceTimersByTimeAsync(0)
}

const now = '2026-11-22T02:00:00Z'
const board = (...alarms: Alarm[]): Board => ({ now, site: 'home', residents: [], alarms, gateways: [], little_worn: [] })
const hello = { now, version: '1', site: 'home' }
const acknowledged = alarm({ state: 'acknowledged', ringing: false })

describe('the station', () => {
  let station: Station

  beforeEach(async () => {
    vi.useFakeTimers()
    api.readBoard.mockResolvedValue(board(alarm()))
    api.displayed.mockReset()
    station = new Station(
      () => undefined,
      () => undefined,
      () => source,
    )
    station.start()
    await send('hello', hello)
  })
  afterEach(() => {
    station.stop()
    vi.useRealTimers()
  })

  test('rings for what the board says', () => {
    expect(station.link).toBe('ok')
    expect(station.ringing).toBe('high')
  })

  test('a board that was read before an event arrived does not take the event back', async () => {
    for (let i = 0; i < 6; i++) {
      await vi.advanceTimersByTimeAsync(3_000)
      await send('ping', { now })
    }
    let answer: (b: Board) => void = () => undefined
    api.readBoard.mockReturnValueOnce(new Promise<Board>((resolve) => (answer = resolve)))
    const before = api.readBoard.mock.calls.length
    await vi.advanceTimersByTimeAsync(2_000) // the next board is on its way
    expect(api.readBoard.mock.calls.length).toBe(before + 1)
    await send('alarm', acknowledged)
    await send('alarm', alarm({ id: 2, priority: 'medium' }))
    answer(board(alarm()))
    await vi.advanceTimersByTimeAsync(0)
    expect(station.ringing).toBe('medium')
    expect(station.alarms.get(1)?.state).toBe('acknowledged')
  })

  test('a late answer does not take back what was heard since', async () => {
    const step = { at: now, actor: 'li', actor_kind: 'person', transition: 'acknowledged', station: '', note: '' } as const
    let answer: (a: Alarm) => void = () => undefined
    api.displayed.mockReturnValueOnce(new Promise<Alarm>((resolve) => (answer = resolve)))
    station.displayed(station.open)
    await send('alarm', { ...acknowledged, history: [step, step] })
    answer(alarm({ history: [step] }))
    await vi.advanceTimersByTimeAsync(0)
    expect(station.ringing).toBe('none')
  })

  test('a board that comes after a later one is not shown', async () => {
    const answers: ((b: Board) => void)[] = []
    api.readBoard.mockImplementation(() => new Promise<Board>((resolve) => answers.push(resolve)))
    await send('gateway', {})
    await vi.advanceTimersByTimeAsync(300)
    await send('gateway', {})
    await vi.advanceTimersByTimeAsync(300)
    expect(answers.length).toBe(2)
    answers[1]?.(board(alarm(), alarm({ id: 2 })))
    await vi.advanceTimersByTimeAsync(0)
    answers[0]?.(board())
    await vi.advanceTimersByTimeAsync(0)
    expect(station.open.length).toBe(2)
  })

  test('J2: events alone do not keep a station alive that cannot read the board', async () => {
    api.readBoard.mockRejectedValue(new Error('500'))
    for (let i = 0; i < 12; i++) {
      await vi.advanceTimersByTimeAsync(3_000)
      await send('ping', { now })
    }
    expect(station.link).toBe('lost')
  })

  test('an alarm that is no longer on the board leaves the station', async () => {
    api.readBoard.mockResolvedValue(board())
    for (let i = 0; i < 8; i++) {
      await vi.advanceTimersByTimeAsync(3_000)
      await send('ping', { now })
    }
    expect(station.open).toEqual([])
    expect(station.ringing).toBe('none')
  })

  test('E5: displayed is told until the service knows it, and again when the alarm is raised anew', async () => {
    const name = localStorage.getItem('osmanthus.station') ?? ''
    const known = alarm({ displayed: [{ by: 'nurse', at: now, station: name }] })
    api.displayed.mockRejectedValueOnce(new Error('offline')).mockResolvedValue(known)
    station.displayed(station.open)
    station.displayed(station.open)
    expect(api.displayed).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(0)
    station.displayed(station.open)
    await vi.advanceTimersByTimeAsync(0)
    station.displayed(station.open)
    expect(api.displayed).toHaveBeenCalledTimes(2)
    await send('alarm', alarm({ displayed: [] }))
    station.displayed(station.open)
    expect(api.displayed).toHaveBeenCalledTimes(3)
  })

  test('another version of the service is noticed', async () => {
    expect(station.outdated).toBe(false)
    await send('hello', { ...hello, version: '2' })
    expect(station.outdated).toBe(true)
  })
})
