import type { Alarm } from '../src/api/types'

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
    onset: at,
    decided_at: at,
    raised_at: at,
    confidence: 0.93,
    evidence: { rule: 'fall/1', metric: '', unit: '', value: 0, limit: 0, features: [], hash: '', limits: [] },
    displayed: [],
    history: [],
    ...over,
  }
}
