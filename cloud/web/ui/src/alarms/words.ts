// What the service's names and numbers are called on the page.
import type { Alarm, Priority, Vital } from '../api/types'
import { type Key, type Translate, hasKey } from '../i18n/catalog'

/** The text of `family.name`, or the name itself where it is newer than this page. */
export function named(t: Translate, family: 'metric.' | 'kind.' | 'watched.' | 'close.' | 'step.' | 'feature.' | 'channel.', name: string): string {
  const key = family + name
  return hasKey(key) ? t(key) : name
}

const units: Record<string, string> = { Cel: '°C', 'mm[Hg]': 'mmHg', '1': '', '{score}': '', '[g]': 'g', deg: '°', 'deg/s': '°/s', 'm/s2': 'm/s²', 'kg/m2': 'kg/m²', '[ppm]': 'ppm', 'dB[mW]': 'dBm' }

/** The name of a number in an alarm's evidence; some are about another: "points_systolic". */
export function feature(t: Translate, name: string): string {
  const key = `feature.${name}`
  if (hasKey(key)) return t(key)
  const [, about = '', rest = ''] = /^([a-z]+)_(.+)$/.exec(name) ?? []
  const of = `feature.${about}_of`
  return hasKey(of) ? t(of, { what: feature(t, rest) }) : named(t, 'metric.', name)
}

/** A UCUM unit as people write it. */
export function unit(t: Translate, ucum: string): string {
  return ucum === '/min' ? t('unit.per_min') : (units[ucum] ?? ucum)
}

/** What a state means in words, as "open" of a door; undefined where the value is a number. */
export function state(t: Translate, metric: string, value: number): string | undefined {
  const of = ['smoke', 'gas', 'carbon_monoxide', 'water_leak'].includes(metric) ? 'hazard' : metric
  const key = `state.${of}.${value}`
  return hasKey(key) ? t(key) : undefined
}

/** A number with at most `digits` decimals and no trailing zeros. */
export function number(value: number, digits = 1): string {
  return String(Number(value.toFixed(digits)))
}

/** What happened: "Fall", "SpO₂ too low", "Suspected: Fall". */
export function what(t: Translate, alarm: Pick<Alarm, 'kind' | 'state' | 'evidence'>): string {
  const hour = alarm.kind === 'long_lie' && alarm.evidence.limit >= 60 // minutes: told again, and more urgently
  const key: Key = hour ? 'kind.long_lie_hour' : hasKey(`kind.${alarm.kind}`) ? `kind.${alarm.kind}` : 'kind.other'
  const text = t(key, { metric: alarm.evidence.metric ? named(t, 'metric.', alarm.evidence.metric) : t('metric.vital') })
  return alarm.state === 'suspected' ? t('alarm.suspected', { what: text }) : text
}

/** Where a resident is: "2F Room 203, bed 1". */
export function where(t: Translate, at: { place: string; room: string; bed: string }): string {
  const { place, room, bed } = at
  if (room && bed) return `${place} ${t('place.room_bed', { room, bed })}`.trim()
  return [place, room && t('place.room', { room }), bed && t('place.bed', { bed })].filter(Boolean).join(' ')
}

/** Whom an alarm is about. */
export function who(t: Translate, alarm: Pick<Alarm, 'resident' | 'resident_name' | 'gateway'>): string {
  return alarm.resident_name || alarm.resident || t('alarm.gateway', { id: alarm.gateway })
}

/** The vital sign or the warmth of a room that crossed its limit, or the score, never a partial one as a whole, or nothing: "84 %, limit 88 %". */
export function crossed(t: Translate, { kind, evidence }: Pick<Alarm, 'kind' | 'evidence'>): string {
  if (kind === 'early_warning' && evidence.metric) {
    const partial = evidence.features.some(({ name, value }) => name === 'partial' && value > 0)
    return t(partial ? 'alarm.score_partial' : 'alarm.score', { value: number(evidence.value) })
  }
  if (!['vital_high', 'vital_low', 'room_hot', 'room_cold'].includes(kind)) return ''
  return t('alarm.value', { value: number(evidence.value), limit: number(evidence.limit), unit: unit(t, evidence.unit) }).replace(/ +(?=[,，]|$)/g, '')
}

/** The word of a priority. */
export function priorityWord(t: Translate, priority: Priority): string {
  return t(`priority.${priority}`)
}

/** The marks of IEC 60601-1-8: as many as the matter is urgent. */
export const marks: Record<Priority, string> = { high: '!!!', medium: '!!', low: '!' }

/** Whether a value is of a quality that no clinical rule judges. */
export function unsure(vital: Vital): boolean {
  return vital.quality < 50
}

/** The three numbers of a tile: heart or pulse (the better one), oxygen, breathing. */
export function tile(vitals: Vital[]): { metric: string; vital: Vital | undefined }[] {
  const find = (metric: string) => vitals.find((vital) => vital.metric === metric && vital.value !== null)
  const [heart, pulse] = [find('heart_rate'), find('pulse_rate')]
  const worth = (vital: Vital) => (vital.stale ? 0 : unsure(vital) ? 1 : 2)
  const rate = !heart || (pulse && worth(pulse) > worth(heart)) ? pulse : heart
  return [
    { metric: rate?.metric ?? 'heart_rate', vital: rate },
    { metric: 'spo2', vital: find('spo2') },
    { metric: 'respiratory_rate', vital: find('respiratory_rate') },
  ]
}
