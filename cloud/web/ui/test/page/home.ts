// The home of the fake service: made-up people, numbers and acts.
import type { Alarm, BoardResident, Gateway, Series, Vital } from '../../src/api/types'

export const site = '桂园颐养院'

const names = ['王秀兰', '李国强', '张桂英', '刘建华', '陈玉珍', '杨德明', '赵淑芬', '周文海']

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()

export function vital(metric: string, value: number, seconds: number, over: Partial<Vital> = {}): Vital {
  const unit = metric === 'spo2' ? '%' : metric === 'body_temperature' ? 'Cel' : '/min'
  return { metric, unit, value, quality: 92, at: ago(seconds), age_s: seconds, stale: false, implausible: false, ...over }
}

export function resident(n: number): BoardResident {
  return {
    id: `r${n}`,
    name: names[n % names.length] ?? '',
    place: `${2 + Math.floor(n / 20)}F`,
    room: String(201 + Math.floor(n / 2)),
    bed: String(1 + (n % 2)),
    gateway: 'gw-2f',
    vitals: [vital('heart_rate', 64 + ((n * 7) % 25), 2 + n), vital('spo2', 94 + (n % 5), 3 + n), vital('respiratory_rate', 13 + (n % 6), 5 + n)],
    signs: n === 1 ? [vital('motion', 0, 8, { unit: '1' }), vital('door', 1, 40, { unit: '1' }), vital('presence', 1, 12, { unit: '1', quality: 70 }), vital('distance', 1.8, 9, { unit: 'm' })] : [],
    bed_occupied: n % 3 !== 2,
    open_alarms: [],
    watched: { protected: true, reason: '' },
  }
}

/** Eight residents; one with old numbers, one without any. */
export function residents(count = 8): BoardResident[] {
  return Array.from({ length: count }, (_, n) => {
    const r = resident(n)
    if (n === 4) return { ...r, vitals: r.vitals.map((v) => ({ ...v, at: ago(412), age_s: 412, stale: true })), watched: { protected: false, reason: 'source_stale' as const } }
    if (n === 6) return { ...r, vitals: [], bed_occupied: null, watched: { protected: false, reason: 'no_data' as const } }
    return r
  })
}

export function gateways(): Gateway[] {
  return [
    { id: 'gw-2f', online: true, last_seen: ago(4) },
    { id: 'gw-3f', online: false, last_seen: ago(5000) },
  ]
}

/** A course with an hour's structure and holes in it. */
export function series(id: string, query: URLSearchParams): Series {
  const metric = query.get('metric') ?? ''
  const every = Number(query.get('every'))
  const [from, to] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')]
  const mean = metric === 'spo2' ? 96 : metric === 'respiratory_rate' ? 15 : 71
  const points = []
  const seed = id.length + metric.length
  for (let at = from, i = 0; at < to; at += every * 1000, i++) {
    const part = (at - from) / (to - from)
    const hole = (part > 0.35 && part < 0.47) || (part > 0.8 && part < 0.83)
    const value = mean + 3 * Math.sin(part * 19 + seed) + 1.5 * Math.sin(part * 97) + (metric === 'spo2' ? -2 : 4) * Math.max(0, Math.sin(part * 7))
    const wide = 1 + Math.abs(Math.sin(i))
    const future = at > Date.now() || hole
    points.push({ at: new Date(at).toISOString(), value: future ? null : value, min: future ? null : value - wide, max: future ? null : Math.min(metric === 'spo2' ? 100 : 999, value + wide), quality: future ? null : 92 })
  }
  return { metric, unit: metric === 'spo2' ? '%' : '/min', every_s: every, points }
}

/** What becomes of an alarm, or the code of why nothing does. */
export function act(alarm: Alarm, what: string, body: Record<string, string>): Alarm | string {
  const mark = { by: '李敏', at: new Date().toISOString(), station: body.station ?? '' }
  const step = (transition: Alarm['history'][number]['transition'], note = '') => ({
    history: [...alarm.history, { at: mark.at, actor: mark.by, actor_kind: 'person' as const, transition, station: mark.station, note }],
  })
  if (what === 'displayed') return { ...alarm, displayed: [...alarm.displayed, mark], ...step('displayed') }
  if (alarm.state === 'closed') return 'closed'
  if (what === 'acknowledge') {
    if (alarm.acknowledged) return 'taken'
    return { ...alarm, state: 'acknowledged', ringing: false, acknowledged: mark, ...step('acknowledged') }
  }
  if (what === 'on-site') return { ...alarm, state: 'on_site', ringing: false, on_site: mark, ...step('on_site') }
  if (alarm.priority === 'high' && !alarm.technical && !body.override_reason) return 'proof_required'
  if (alarm.technical && !alarm.condition_ended_at && !body.note && !body.override_reason) return 'condition_lasts'
  return {
    ...alarm,
    state: 'closed',
    ringing: false,
    closed: { by: mark.by, by_kind: 'person', at: mark.at, station: mark.station, resolution: (body.resolution ?? 'other') as 'other', note: body.note ?? '', override_reason: body.override_reason ?? '' },
    ...step('closed', body.note),
  }
}
