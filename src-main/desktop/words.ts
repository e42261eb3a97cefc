import { app } from 'electron'
import type { Language, Profile, RoleName } from '../contract/index.js'

/** What the main process says itself, where there is no page to say it: menus, questions, notifications. */
const english = {
  file: 'File',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  help: 'Help',
  workbench: 'Workbench',
  newWindow: 'New window as…',
  about: 'About Socketeer',
  services: 'Services',
  hide: 'Hide Socketeer',
  hideOthers: 'Hide others',
  unhide: 'Show all',
  quit: 'Quit Socketeer',
  close: 'Close window',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select all',
  reload: 'Reload',
  tools: 'Developer tools',
  resetZoom: 'Actual size',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fullscreen: 'Full screen',
  minimize: 'Minimise',
  front: 'Bring all to front',
  server: 'Server',
  client: 'Client',
  publisher: 'Publisher',
  subscriber: 'Subscriber',
  ventilator: 'Ventilator',
  worker: 'Worker',
  sink: 'Sink',
  linkAsks: 'A link wants to open a session.',
  linkRole: 'Role',
  linkBinds: 'Listens at',
  linkConnects: 'Connects to',
  linkTopics: 'Topics',
  linkLeaves: 'This address is beyond this machine. Open it only if you know who is there.',
  linkOpen: 'Open it',
  linkLeave: 'Do not open',
  linkBad: 'This link cannot be opened.',
  linkNotHere:
    'A link may listen on this machine only, and this one would be open to others. Open the session yourself if you want that.',
  ok: 'OK',
  lost: 'Link lost',
  waiting: 'Messages of this window still wait to go out.',
  waitingLost: 'Its session closes with the window. What cannot be sent within the linger time is lost.',
  stay: 'Stay',
  closeAnyway: 'Close all the same',
  stops: 'This window keeps stopping.',
  stopsWhy: 'Its process ended {times} times within a minute ({reason}). All sessions are still open.',
  loadAgain: 'Load it again',
  closeWindow: 'Close the window',
  cannotStart: 'Socketeer cannot start',
}
export type Words = Readonly<Record<keyof typeof english | RoleName, string>>

const chinese: Words = {
  file: '文件',
  edit: '编辑',
  view: '视图',
  window: '窗口',
  help: '帮助',
  workbench: '工作台',
  newWindow: '新建窗口…',
  about: '关于 Socketeer',
  services: '服务',
  hide: '隐藏 Socketeer',
  hideOthers: '隐藏其他',
  unhide: '全部显示',
  quit: '退出 Socketeer',
  close: '关闭窗口',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  reload: '重新加载',
  tools: '开发者工具',
  resetZoom: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullscreen: '全屏',
  minimize: '最小化',
  front: '全部置于顶层',
  server: '服务端',
  client: '客户端',
  publisher: '发布者',
  subscriber: '订阅者',
  ventilator: '分发者',
  worker: '工作者',
  sink: '收集者',
  linkAsks: '一个链接想要打开会话。',
  linkRole: '角色',
  linkBinds: '监听',
  linkConnects: '连接到',
  linkTopics: '主题',
  linkLeaves: '该地址不在本机。只有确知对方是谁时才打开。',
  linkOpen: '打开',
  linkLeave: '不打开',
  linkBad: '无法打开此链接。',
  linkNotHere: '链接只能在本机监听，而这个链接会向他人开放。如果确实需要，请自行打开会话。',
  ok: '好',
  lost: '链路断开',
  waiting: '此窗口还有消息等待发出。',
  waitingLost: '会话会随窗口一起关闭。在逗留时间内未能发出的消息将会丢失。',
  stay: '留下',
  closeAnyway: '仍然关闭',
  stops: '此窗口反复停止运行。',
  stopsWhy: '它的进程在一分钟内结束了 {times} 次（{reason}）。所有会话仍然打开着。',
  loadAgain: '重新载入',
  closeWindow: '关闭窗口',
  cannotStart: 'Socketeer 无法启动',
}

/** In the language that the person chose, or the system's. Electron knows that one when it is ready. */
export function wordsOf({ settings }: Profile): Words {
  return wordsIn(settings.language)
}

export function wordsIn(chosen: Language | 'system'): Words {
  return languageOf(chosen) === 'zh-CN' ? chinese : english
}

/** Puts values where a sentence has their names in braces. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (braces, name: string) => String(values[name] ?? braces))
}

export function languageOf(chosen: Language | 'system'): Language {
  if (chosen !== 'system') return chosen
  return app.getLocale().toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}
