import type { RoleStatus, SessionSettings } from '../../contract/index.js'

/** What is known of a role without sockets. */
export function idleStatus(settings: SessionSettings): RoleStatus {
  switch (settings.role) {
    case 'server':
      return { role: 'server', waiting: 0, pending: [], clients: 0, rules: [] }
    case 'client':
      return {
        role: 'client',
        turn: 'yours',
        seq: 0,
        attempt: 0,
        tries: settings.tries,
        since: 0,
        deadline: settings.strict ? 0 : settings.deadline,
        last: 'none',
      }
    case 'publisher':
      return { role: 'publisher', subscriptions: [], topics: 0, topicBytes: 0 }
    case 'subscriber':
      return { role: 'subscriber', topics: settings.topics, tunedIn: 0 }
    case 'ventilator':
      return { role: 'ventilator' }
    case 'worker':
      return { role: 'worker', inHand: 0 }
    case 'sink':
      return { role: 'sink' }
  }
}
