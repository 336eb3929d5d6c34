/* The kernel's limit: `raw <port> <control port> <clients> <frame bytes>`, one thread.

   Accepts that many connections, then sends each of them one frame for every byte on the control connection, and waits
   for clients whose buffer is full. When the control connection ends it prints {"sent", "waited"} and exits. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, WAIT_MS = 10000 };

static const char START[] = "42[\"stream:metadata\",\"", END[] = "\"]";

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static int listen_on(int port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address)) fail("bind");
    if (listen(listener, BACKLOG)) fail("listen");
    return listener;
}

static int take_in(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) fail("accept");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static char *make_frame(size_t whole) {
    size_t size = whole - 4;
    char *frame = malloc(whole);
    if (!frame) fail("malloc");
    memset(frame, 'x', whole);
    memcpy(frame, (unsigned char[]){0x81, 126, (unsigned char)(size >> 8), (unsigned char)size}, 4);
    memcpy(frame + 4, START, sizeof START - 1);
    memcpy(frame + whole - (sizeof END - 1), END, sizeof END - 1);
    return frame;
}

/* Sends the rest of a frame; returns how often it had to wait. */
static unsigned long finish(int fd, const char *frame, size_t size, ssize_t sent) {
    unsigned long waited = 0;
    size_t done = sent > 0 ? (size_t)sent : 0;
    while (done < size) {
        if (sent < 0 && errno != EAGAIN) fail("send");
        struct pollfd writable = {.fd = fd, .events = POLLOUT};
        waited++;
        if (poll(&writable, 1, WAIT_MS) != 1) fail("a client does not read");
        sent = send(fd, frame + done, size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) done += (size_t)sent;
    }
    return waited;
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "raw <port> <control port> <clients> <frame bytes>\n");
        return 2;
    }
    int listener = listen_on(atoi(arguments[1])), control_listener = listen_on(atoi(arguments[2]));
    size_t clients = strtoul(arguments[3], NULL, 10), size = strtoul(arguments[4], NULL, 10);
    if (size < 130 || size > 65539) {
        fprintf(stderr, "a frame has 130 to 65539 bytes\n");
        return 2;
    }
    char *frame = make_frame(size), bytes[64];
    int *fds = calloc(clients, sizeof *fds);
    if (!fds) fail("calloc");
    puts("ready");
    fflush(stdout);
    int control = take_in(control_listener);
    for (size_t i = 0; i < clients; i++) fds[i] = take_in(listener);
    unsigned long long sent = 0, waited = 0;
    ssize_t requested;
    while ((requested = recv(control, bytes, sizeof bytes, 0)) > 0)
        for (ssize_t event = 0; event < requested; event++)
            for (size_t i = 0; i < clients; i++) {
                ssize_t done = send(fds[i], frame, size, MSG_NOSIGNAL | MSG_DONTWAIT);
                if (done != (ssize_t)size) waited += finish(fds[i], frame, size, done);
                sent++;
            }
    printf("{\"sent\": %llu, \"waited\": %llu}\n", sent, waited);
    return 0;
}
