// The two catalogs and how a text is taken from them.
import { en } from './en'
import { zhCN } from './zh-CN'

export type Key = keyof typeof en
export type Language = 'zh-CN' | 'en'
export type Params = Record<string, string | number>
export type Translate = (key: Key, params?: Params) => string

export const catalogs: Record<Language, Record<Key, string>> = { en, 'zh-CN': zhCN }

/** The text of `key` in `language`, with {places} filled from `params`. */
export function translate(language: Language, key: Key, params: Params = {}): string {
  return catalogs[language][key].replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place))
}

/** Whether a text exists: for names that come from the service and may be newer than this page. */
export function hasKey(key: string): key is Key {
  return Object.hasOwn(en, key)
}

/** The language for a browser that prefers `preferred`, in its order. */
export function choose(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (tag.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (tag.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}
