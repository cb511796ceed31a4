import type { Alarm, Signal } from '../src/api/types'

/** An open fall, with what a test wants otherwise. */
export function alarm(over: Partial<Alarm> = {}): Alarm {
  const at = over.onset ?? '2026-11-22T02:13:05Z'
  return {
    id: 1,
    episode: '00112233445566778899aabbccddeeff',
    kind: 'fall',
    priority: 'high',
    state: 'raised',
    technical: false,
    ringing: true,
    resident: 'r1',
    resident_name: '王秀兰',
    place: '2F',
    room: '203',
    bed: '1',
    gateway: 'gw-1',
    source: 'wrist-1',
    source_place: '',
    onset: at,
    decided_at: at,
    raised_at: at,
    confidence: 0.93,
    evidence: { rule: 'fall/1', metric: '', unit: '', value: 0, limit: 0, features: [], hash: '', clock: '', limits: [] },
    displayed: [],
    history: [],
    ...over,
  }
}

/** The signal of a fall: twelve seconds at 25 a second, with an impact at the onset. */
export function signal(onset = '2026-11-22T02:13:05Z'): Signal {
  const at = Array.from({ length: 300 }, (_, i) => i / 25 - 8)
  const axis = (rest: number, hit: number) => at.map((s) => rest + (Math.abs(s) < 0.1 ? hit : 0.05 * Math.sin(7 * s)))
  return {
    start: new Date(Date.parse(onset) - 8_000).toISOString(),
    rate: 25,
    offsets: [],
    channels: [
      { name: 'ax', unit: '[g]', values: axis(0.1, 2.8) },
      { name: 'ay', unit: '[g]', values: axis(0.95, -1.4) },
      { name: 'az', unit: '[g]', values: axis(0.2, 3.1) },
    ],
  }
}
