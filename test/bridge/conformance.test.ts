import { memoryPorts, portConformance, webSocketPorts } from './conformance.js'

portConformance('memory', memoryPorts)
portConformance('a WebSocket', webSocketPorts)
