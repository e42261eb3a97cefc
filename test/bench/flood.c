/* flood.py in C, for machines with a compiler and libzmq's header: see there. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#define CAR_RATE 1000
#define HIGH_WATER 100000

static void *sock;
static uint64_t flood, car;
static char *payload;
static size_t size;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static void rest(double seconds) {
  struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  nanosleep(&t, NULL);
}
static void say_flood(void) {
  flood++;
  memcpy(payload, &flood, 8);
  zmq_send(sock, "flood", 5, ZMQ_SNDMORE);
  zmq_send(sock, payload, size, 0);
}
static void say_car(void) {
  car++;
  double t = (double)car / CAR_RATE, spike = car % CAR_RATE == 500 ? 1000 : 0;
  double values[5] = {0, 15 + 10 * sin(t / 5), sin(t) / 4, spike + 10 * cos(t), 10 * sin(t)};
  memcpy(values, &car, 8);
  zmq_send(sock, "car", 3, ZMQ_SNDMORE);
  zmq_send(sock, values, sizeof values, 0);
}

int main(int count, char **words) {
  if (count != 4) return 2;
  double rate = atof(words[1]), seconds = atof(words[3]);
  size = (size_t)atol(words[2]) < 8 ? 8 : (size_t)atol(words[2]);
  payload = malloc(size);
  memset(payload, ' ', size);
  void *context = zmq_ctx_new();
  sock = zmq_socket(context, ZMQ_XPUB);
  int high = HIGH_WATER, linger = 2000;
  zmq_setsockopt(sock, ZMQ_SNDHWM, &high, sizeof high);
  zmq_setsockopt(sock, ZMQ_LINGER, &linger, sizeof linger);
  if (zmq_bind(sock, "tcp://127.0.0.1:*") != 0) return 1;
  char text[256];
  size_t length = sizeof text;
  zmq_getsockopt(sock, ZMQ_LAST_ENDPOINT, text, &length);
  printf("{\"ready\": \"%s\"}\n", text);
  fflush(stdout);
  zmq_recv(sock, text, sizeof text, 0);
  puts("{\"subscribed\": true}");
  fflush(stdout);
  if (fgets(text, sizeof text, stdin) == NULL) return 0;
  double began = now(), at;
  while ((at = now() - began) < seconds) {
    while (flood < (uint64_t)(at * rate)) say_flood();
    while (car < (uint64_t)(at * CAR_RATE)) say_car();
    rest(0.001);
  }
  rest(0.5);
  say_flood();
  say_car();
  printf("{\"sent\": {\"flood\": %llu, \"car\": %llu}, \"seconds\": %.3f}\n", (unsigned long long)flood,
         (unsigned long long)car, at);
  fflush(stdout);
  (void)!fgets(text, sizeof text, stdin);
  zmq_close(sock);
  zmq_ctx_term(context);
  return 0;
}
