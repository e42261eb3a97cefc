import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import './lib/theme.css'
import './lib/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { Connection } from './bridge/connection.js'
import { electronPort } from './bridge/electron-port.js'
import { websocketPort } from './bridge/websocket-port.js'
import { roleWindowOf } from './role-window/address.js'
import { Workbench } from './state/workbench.svelte.js'

const { socketeer } = window
const connection: Connection = new Connection({
  open: () => (socketeer === undefined ? websocketPort(portAddress()) : electronPort(socketeer)),
  attach: (client) => bench.attach(client),
  changed: (state) => bench.connectionChanged(state),
})
const given = roleWindowOf(location.search)
const bench: Workbench = new Workbench(connection, { alone: given !== undefined, own: given?.session })

// A page that nobody looks at is sent no figures; when it is looked at again it is sent all of them.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) bench.profile.flush()
  connection.call('watch', { visible: !document.hidden }).catch(() => undefined)
})
window.addEventListener('pagehide', () => bench.profile.flush())

const target = document.querySelector('#app')
const retry = () => connection.connect()
if (target !== null) {
  if (given === undefined) {
    // The line is made while the page is drawn.
    connection.connect()
    mount(App, { target, props: { bench, retry } })
  } else {
    const { default: RoleApp } = await import('./role-window/RoleApp.svelte')
    mount(RoleApp, { target, props: { bench, retry, given } })
    connection.connect()
  }
}

/** Browser mode serves the page and the port from one origin. */
function portAddress(): URL {
  const address = new URL('/port', location.href)
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  return address
}
