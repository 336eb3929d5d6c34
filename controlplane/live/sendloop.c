/* One frame to many sockets: the kernel's send() and nothing around it. Built by `make`, where there is a compiler. */

#include <errno.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Send a frame to each of `count` sockets without waiting. Where not all of it went out, its place is put in `places`
 * and how much did in `sent`, in bytes, or the error's number below zero. Returns how many of these there are. */
int awaz_send(const int *sockets, int count, const void *frame, size_t size, int *places, long *sent)
{
    int rest = 0;

    for (int place = 0; place < count; place++) {
        ssize_t done = send(sockets[place], frame, size, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (done == (ssize_t)size)
            continue;
        places[rest] = place;
        sent[rest] = done < 0 ? -(long)errno : (long)done;
        rest++;
    }
    return rest;
}
