// The words of the API, under short names.
import type { components } from './schema'

type Schemas = components['schemas']

export type Alarm = Schemas['Alarm']
export type Board = Schemas['Board']
export type BoardResident = Schemas['BoardResident']
export type Gateway = Schemas['Gateway']
export type Hello = Schemas['Hello']
export type Problem = Schemas['Problem']
export type Note = Schemas['Note']
export type Quarantined = Schemas['Quarantined']
export type Series = Schemas['Series']
export type Signal = Schemas['Signal']
export type Session = Schemas['Session']
export type Vital = Schemas['Vital']
export type VitalsEvent = Schemas['VitalsEvent']
export type Priority = Alarm['priority']
export type Resolution = 'helped' | 'false_alarm' | 'test' | 'other'
