/* The floor: ready bytes, one send() a client and batch, and nothing else; run by servers.py.
 *
 *   floor PORT FEED_PORT
 *
 * Takes batches from FEED_PORT (a 32-bit length in network order, then events, a newline between
 * two) and sends each as WebSocket text frames to whoever has connected to PORT.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
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

#define MAX_CLIENTS 16384
#define MAX_BATCH (1 << 20)

static int clients[MAX_CLIENTS], client_count;
static char batch[MAX_BATCH + 1], frames[MAX_BATCH + MAX_BATCH / 8];

static void fail(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static struct sockaddr_in loopback(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void welcome(int listener)
{
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                 "Connection: Upgrade\r\n\r\n";
    char request[4096];
    int on = 1, fd = accept(listener, NULL, NULL);
    if (fd < 0 || client_count == MAX_CLIENTS)
        fail("accept");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (recv(fd, request, sizeof request, 0) <= 0 ||
        send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0)
        fail("handshake");
    clients[client_count++] = fd;
}

static void take(int feed, char *to, size_t length)
{
    for (size_t had = 0; had < length;) {
        ssize_t got = recv(feed, to + had, length - had, MSG_WAITALL);
        if (got <= 0)
            exit(0);
        had += got;
    }
}

static size_t frame_batch(size_t length)
{
    size_t at = 0;
    batch[length] = '\n';
    for (char *event = batch, *end; event < batch + length; event = end + 1) {
        end = memchr(event, '\n', batch + length + 1 - event);
        size_t size = end - event;
        frames[at++] = (char)0x81;
        if (size < 126) {
            frames[at++] = (char)size;
        } else {
            frames[at++] = 126;
            frames[at++] = (char)(size >> 8);
            frames[at++] = (char)size;
        }
        memcpy(frames + at, event, size);
        at += size;
    }
    return at;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0), feed = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in own = loopback(argv[1]), feeder = loopback(argv[2]);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&own, sizeof own) || listen(listener, 1024))
        fail("listen");
    if (connect(feed, (struct sockaddr *)&feeder, sizeof feeder))
        fail("connect");
    printf("ready\n");
    fflush(stdout);
    struct pollfd wait[2] = {{.fd = listener, .events = POLLIN}, {.fd = feed, .events = POLLIN}};
    for (;;) {
        if (poll(wait, 2, -1) < 0)
            fail("poll");
        if (wait[0].revents)
            welcome(listener);
        if (wait[1].revents) {
            uint32_t length;
            take(feed, (char *)&length, sizeof length);
            length = ntohl(length);
            if (length > MAX_BATCH)
                fail("batch");
            take(feed, batch, length);
            size_t size = frame_batch(length);
            for (int i = 0; i < client_count; i++)
                /* Blocks where a client's buffer is full: nothing is lost, and nothing queued. */
                if (send(clients[i], frames, size, MSG_NOSIGNAL) != (ssize_t)size)
                    fail("send");
        }
    }
}
