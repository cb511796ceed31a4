import { describe, expect, test } from 'vitest'
import { type Key, catalogs, choose, translate } from './catalog'

const keys = Object.keys(catalogs.en) as Key[]
const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

describe('R1: the catalogs', () => {
  test('have the same keys in the same order', () => {
    expect(Object.keys(catalogs['zh-CN'])).toEqual(keys)
  })

  test.each(keys)('%s has a text and the same places in both', (key) => {
    const [en, zh] = [catalogs.en[key], catalogs['zh-CN'][key]]
    expect(en.trim()).not.toBe('')
    expect(zh.trim()).not.toBe('')
    expect(places(zh)).toEqual(places(en))
  })

  test('are each in their own language', () => {
    // The switch names the other language on purpose; some terms are the same in both.
    const letters = (key: Key) => /\p{L}/u.test(catalogs['zh-CN'][key].replace(/\{\w+\}/g, ''))
    const own = keys.filter((key) => key !== 'language.switch' && letters(key))
    expect(own.filter((key) => /\p{Script=Han}/u.test(catalogs.en[key]))).toEqual([])
    expect(own.filter((key) => !/\p{Script=Han}/u.test(catalogs['zh-CN'][key]))).toEqual([])
  })

  test('hold no key that the page never uses', () => {
    const sources = import.meta.glob('../**/*.{svelte,ts}', { query: '?raw', import: 'default', eager: true })
    const code = Object.entries(sources)
      .filter(([path]) => !/\/(en|zh-CN)\.ts$|\.test\.ts$/.test(path))
      .map(([, text]) => text as string)
      .join('\n')
    // Families of keys that the code completes with a name from the service: t(`kind.${…}`).
    const families = [...code.matchAll(/[`']((?:\w+\.)+)(?:\$\{|')/g)].map(([, family]) => family ?? '')
    const unused = keys.filter((key) => !code.includes(`'${key}'`) && !families.some((family) => key.startsWith(family)))
    expect(unused).toEqual([])
  })
})

test('places are filled, and one without a value stays visible', () => {
  expect(translate('en', 'age.s', { n: 12 })).toBe('12 s')
  expect(translate('zh-CN', 'age.s', { n: 12 })).toBe('12 秒')
  expect(translate('en', 'age.s')).toBe('{n} s')
})

test('the language follows the browser', () => {
  expect(choose(['zh-TW', 'en'])).toBe('zh-CN')
  expect(choose(['fr-FR', 'en-GB', 'zh-CN'])).toBe('en')
  expect(choose(['fr-FR'])).toBe('en')
})
