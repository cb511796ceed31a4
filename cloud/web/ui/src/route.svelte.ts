// The pages by their paths, and moving between them without loading anew.

export type Route =
  | { page: 'board' }
  | { page: 'resident'; id: string }
  | { page: 'alarm'; id: number }
  | { page: 'history' }
  | { page: 'gateways' }

/** The page of a path; the board for every path that it does not know. */
export function parse(path: string): Route {
  const [first, second] = path.split('/').filter(Boolean).map(decode)
  if (first === 'residents' && second) return { page: 'resident', id: second }
  if (first === 'alarms' && second && /^\d{1,15}$/.test(second)) return { page: 'alarm', id: Number(second) }
  if (first === 'alarms') return { page: 'history' }
  if (first === 'gateways') return { page: 'gateways' }
  return { page: 'board' }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

class Router {
  route = $state.raw<Route>(parse(location.pathname))

  /** Shows the page of `path` and remembers the one before. */
  go(path: string): void {
    history.pushState(null, '', path)
    this.route = parse(location.pathname)
    scrollTo(0, 0)
  }

  /** Follows links and the back button until the returned function is called. */
  run(): () => void {
    const back = () => (this.route = parse(location.pathname))
    const click = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      const link = event.target instanceof Element ? event.target.closest('a') : null
      if (!link || link.origin !== location.origin || link.target || link.hash) return
      event.preventDefault()
      this.go(link.pathname)
    }
    addEventListener('popstate', back)
    addEventListener('click', click)
    return () => {
      removeEventListener('popstate', back)
      removeEventListener('click', click)
    }
  }
}

export const router = new Router()
