// The language of this page: chosen once, remembered, else the browser's.
import { type Key, type Language, type Params, choose, translate } from './catalog'

const REMEMBERED = 'osmanthus.language'

function first(): Language {
  const remembered = localStorage.getItem(REMEMBERED)
  return remembered === 'zh-CN' || remembered === 'en' ? remembered : choose(navigator.languages)
}

class Speech {
  language = $state<Language>(first())

  /** Changes the language, for this visit and the next ones. */
  use(language: Language): void {
    this.language = language
    localStorage.setItem(REMEMBERED, language)
  }
}

export const speech = new Speech()

/** The text of `key` in the page's language. */
export function t(key: Key, params?: Params): string {
  return translate(speech.language, key, params)
}
