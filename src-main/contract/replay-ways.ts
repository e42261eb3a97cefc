import type { Direction } from './page.js'
import type { ReplayRole } from './recording.js'
import type { RoleName } from './settings.js'

/** As what a session of this role is replayed, unless somebody says otherwise. */
export function usualRole(recorded: RoleName): ReplayRole {
  switch (recorded) {
    case 'publisher':
    case 'subscriber':
      return 'publisher'
    case 'ventilator':
    case 'worker':
    case 'sink':
      return 'ventilator'
    case 'client':
    case 'server':
      return recorded
  }
}

/** Which of its messages are replayed so: questions where they are asked or answered, otherwise what it heard or said. */
export function usualDirection(recorded: RoleName): Direction {
  return recorded === 'publisher' || recorded === 'ventilator' || recorded === 'client' ? 'out' : 'in'
}
