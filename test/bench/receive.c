/* A zmq_recv loop in C, told what to do in lines as the benchmark's other parts are (part.ts): as little as receiving can cost. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <zmq.h>

static atomic_long count;
static void *sock;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
/* Microseconds of CPU of the whole process. */
static double used(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}
static void rest(double ms) {
  struct timespec t = {(time_t)(ms / 1e3), (long)((ms - 1e3 * (double)(time_t)(ms / 1e3)) * 1e6)};
  nanosleep(&t, NULL);
}
static double number(const char *line, const char *name) {
  const char *at = strstr(line, name);
  return at == NULL ? 0 : atof(at + strlen(name) + 1);
}
static void *read_on(void *unused) {
  zmq_msg_t message;
  zmq_msg_init(&message);
  while (zmq_msg_recv(&message, sock, 0) >= 0) atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
  zmq_msg_close(&message);
  zmq_close(sock);
  return unused;
}

int main(void) {
  char line[512];
  void *context = NULL;
  pthread_t reader;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strstr(line, "\"open\"") != NULL) {
      char address[256];
      size_t length = sizeof address;
      int linger = 0;
      context = zmq_ctx_new();
      sock = zmq_socket(context, ZMQ_PULL);
      zmq_setsockopt(sock, ZMQ_LINGER, &linger, sizeof linger);
      if (zmq_bind(sock, "tcp://127.0.0.1:*") != 0) return 1;
      zmq_getsockopt(sock, ZMQ_LAST_ENDPOINT, address, &length);
      atomic_store(&count, 0);
      pthread_create(&reader, NULL, read_on, NULL);
      printf("{\"port\": %s}\n", strrchr(address, ':') + 1);
    } else if (strstr(line, "\"measure\"") != NULL) {
      rest(number(line, "\"warm\""));
      double began = now(), cpu = used();
      long before = atomic_load(&count);
      rest(number(line, "\"ms\""));
      printf("{\"messages\": %ld, \"ms\": %f, \"cpu\": %f}\n", atomic_load(&count) - before, now() - began, used() - cpu);
    } else {
      zmq_ctx_term(context);
      pthread_join(reader, NULL);
      puts("{}");
    }
    fflush(stdout);
  }
  return 0;
}
