// The stamp of a build: SHA-256 of the sources that it was built from and of
// each file that came out, in the format of sha256sum. current_test.go reads
// it with Go alone, so that a stale or hand-edited dist/ fails without Node.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** What decides the build's bytes, relative to ui/, tests left out. current_test.go holds the same list. */
const inputs = ['../../api/openapi.yaml', '.npmrc', 'build', 'index.html', 'package-lock.json', 'package.json', 'public', 'src', 'tsconfig.json', 'vite.config.js']

const sha256 = (data) => createHash('sha256').update(data).digest('hex')

function files(root, path) {
  const full = join(root, path)
  const stat = statSync(full, { throwIfNoEntry: false })
  if (!stat) return []
  if (stat.isFile()) return full.endsWith('.test.ts') ? [] : [full]
  return readdirSync(full).flatMap((name) => files(full, name))
}

const listing = (root, paths) =>
  paths
    .map((file) => ({ name: relative(root, file).split(sep).join('/'), sum: sha256(readFileSync(file)) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sum }) => `${sum}  ${name}\n`)
    .join('')

/** A vite plugin that writes the stamp beside dist/ when the build is done. */
export function stamp(ui, dist, out) {
  return {
    name: 'stamp',
    apply: 'build',
    closeBundle() {
      const sources = sha256(listing(ui, inputs.flatMap((path) => files(ui, path))))
      writeFileSync(out, `${sources}  sources\n` + listing(join(dist, '..'), files(dist, '')))
    },
  }
}
