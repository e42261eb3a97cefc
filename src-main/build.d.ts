/** The version in package.json, written in by the build (and by the test runner). */
declare const SOCKETEER_VERSION: string
