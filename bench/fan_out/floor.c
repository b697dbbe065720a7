/* The floor: an epoll loop that writes the same frame to all sockets, and does nothing else.
 *
 *   floor PORT
 *
 * It says "ready" once it listens. Each line of its standard input is the name of a file, whose
 * bytes go to all clients in one frame, straight away; what a socket does not take follows
 * when it can. It knows the one handshake that load.c makes, and reads nothing.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FRAME (4 * 1024 * 1024)
#define MAX_FILES 65536
#define ANSWER "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

/* What one client still has to get: the frames that were not taken whole, one after the other. */
struct client {
    uint8_t *rest;
    size_t length;
    int is_open;
};

static struct client clients[MAX_FILES];
static int open_fds[MAX_FILES], open_count, poll_fd;
static uint8_t frame[MAX_FRAME + 10];

static void watch(int fd, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(poll_fd, operation, fd, &event);
}

static void leave(int fd)
{
    int index;
    for (index = 0; index < open_count; index++)
        if (open_fds[index] == fd) {
            open_fds[index] = open_fds[--open_count];
            break;
        }
    free(clients[fd].rest);
    memset(&clients[fd], 0, sizeof clients[fd]);
    close(fd);
}

static void keep(int fd, const uint8_t *data, size_t size)
{
    struct client *client = &clients[fd];
    client->rest = realloc(client->rest, client->length + size);
    memcpy(client->rest + client->length, data, size);
    if (!client->length)
        watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    client->length += size;
}

static void broadcast(const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t length = file ? fread(frame + 10, 1, MAX_FRAME, file) : 0, head, index;
    int place;
    if (!file) {
        perror(name);
        exit(1);
    }
    fclose(file);
    head = length < 126 ? 2 : length < 65536 ? 4 : 10;
    uint8_t *start = frame + 10 - head;
    start[0] = 0x81;
    start[1] = head == 2 ? length : head == 4 ? 126 : 127;
    for (index = 2; index < head; index++)
        start[index] = length >> 8 * (head - 1 - index);
    length += head;
    for (place = 0; place < open_count; place++) {
        int fd = open_fds[place];
        ssize_t sent = 0;
        if (!clients[fd].length)
            sent = send(fd, start, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < (ssize_t)length)
            keep(fd, start + (sent > 0 ? sent : 0), length - (sent > 0 ? sent : 0));
    }
}

static void go_on(int fd)
{
    struct client *client = &clients[fd];
    ssize_t sent = send(fd, client->rest, client->length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0)
        return;
    client->length -= sent;
    memmove(client->rest, client->rest + sent, client->length);
    if (!client->length)
        watch(fd, EPOLL_CTL_MOD, EPOLLIN);
}

static void hear(int fd)
{
    char said[4096];
    ssize_t size = recv(fd, said, sizeof said, MSG_DONTWAIT);
    if (size <= 0) {
        leave(fd);
    } else if (!clients[fd].is_open && size > 4 && !memcmp(said + size - 4, "\r\n\r\n", 4)) {
        clients[fd].is_open = 1;
        send(fd, ANSWER, sizeof ANSWER - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        open_fds[open_count++] = fd;
    }
}

static int listening(int port)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    inet_pton(AF_INET, "127.0.0.1", &here.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) || listen(fd, 4096)) {
        perror("listen");
        exit(1);
    }
    return fd;
}

static void welcome(int listener)
{
    int one = 1, fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

int main(int count, char **words)
{
    struct rlimit files;
    char line[4096];
    if (count < 2)
        return 2;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    poll_fd = epoll_create1(0);
    int listener = listening(atoi(words[1]));
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    watch(STDIN_FILENO, EPOLL_CTL_ADD, EPOLLIN);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll_fd, events, 256, -1), index;
        for (index = 0; index < ready; index++) {
            int fd = events[index].data.fd;
            if (fd == listener) {
                welcome(listener);
            } else if (fd == STDIN_FILENO) {
                if (!fgets(line, sizeof line, stdin))
                    return 0;
                line[strcspn(line, "\n")] = 0;
                broadcast(line);
            } else {
                if (events[index].events & EPOLLOUT)
                    go_on(fd);
                if (events[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                    hear(fd);
            }
        }
    }
}
