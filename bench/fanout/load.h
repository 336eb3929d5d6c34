/* Shared by the two parts of the load client: connections (clients.c) and measurements (load.c). */
#ifndef LOAD_H
#define LOAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "frames.h"
#include "histogram.h"

enum { BUFFER = 64 * 1024, MOST_THREADS = 64 };
#define SECOND INT64_C(1000000000)

enum state { NEW, WAITING, DIALING, UPGRADING, ENTERING, JOINING, IN, GONE };
enum phase { IDLE, CONNECTING, CLOSED_LOOP, OPEN_LOOP, DRAINING };

struct conn {
    int fd;
    enum state state;
    bool stuck;
    uint32_t number;
    uint32_t carried;
    uint64_t received;
    uint64_t skip; /* bytes of a long frame that are still to come */
    enum kind kind;
    int64_t due;
    uint8_t carry[CARRY];
};

struct thread {
    pthread_t id;
    clockid_t cpu;
    int epoll, wake;
    struct conn *conns;
    size_t count, next, under_way, waiting;
    uint64_t got; /* in the current round */
    uint64_t bytes;
    unsigned seed;
    struct histogram late;
    uint8_t buffer[BUFFER + CARRY];
    /* Read by the main thread. `never`: deliveries of the open loop that were lost with a connection. */
    _Alignas(64) atomic_ullong delivered, never;
    atomic_uint in, receivers, closed, cut, retries;
};

extern int port;
extern bool raw;
extern char **tokens;
extern atomic_int phase;
extern atomic_llong progress; /* time of the last progress of the current phase */

/* clients.c */
void *work(void *thread);

/* load.c */
int64_t now(void);
__attribute__((format(printf, 1, 2), noreturn)) void fail(const char *format, ...);
/* Counts a delivered event; `at` caches the time of its arrival, 0 until needed. */
void delivered(struct thread *t, struct conn *c, int64_t *at);
/* Returns the deliveries of the open loop that a connection has not received. */
uint64_t outstanding(const struct conn *c);

#endif
