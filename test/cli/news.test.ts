import { describe, expect, it } from 'vitest'
import { linkEventKinds, type LinkEvent } from '../../src-main/contract/index.js'
import { newsOf } from '../../src-main/cli/news.js'

const event = (kind: LinkEvent['kind'], more: Partial<LinkEvent> = {}): LinkEvent => ({
  seq: 1,
  time: 0,
  kind,
  address: 'tcp://127.0.0.1:5555',
  count: 1,
  detail: '',
  ...more,
})

describe('news of links', () => {
  it('are one plain line each', () => {
    for (const kind of linkEventKinds) expect(newsOf(event(kind), undefined) ?? '').not.toContain('\n')
    expect(
      newsOf(event('listening', { address: 'tcp://127.0.0.1:*', detail: 'tcp://127.0.0.1:40001' }), undefined),
    ).toBe('listening on tcp://127.0.0.1:40001')
    expect(newsOf(event('subscribed'), undefined)).toBe('somebody subscribed to everything')
    expect(newsOf(event('subscribed', { detail: 'a\nb' }), undefined)).toBe('somebody subscribed to "a\\nb"')
  })

  it('warn when the whole network can come in', () => {
    expect(newsOf(event('listening', { address: 'tcp://*:5555' }), undefined)).toContain(
      'everyone who can reach this machine',
    )
  })

  it('say the same thing once, but count peers', () => {
    expect(newsOf(event('refused', { count: 2 }), undefined)).toBeUndefined()
    expect(newsOf(event('handshake-failed', { count: 1000 }), undefined)).toBeUndefined()
    expect(newsOf(event('peer-joined', { count: 2 }), undefined)).toBeDefined()
  })
})
