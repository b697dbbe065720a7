// The hub that Go programs have: gorilla/websocket, and for each client a goroutine that writes
// and a buffered channel. Its standard input names files, whose bytes go to all clients.
package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"sync"

	"github.com/gorilla/websocket"
)

const waiting = 256

var (
	upgrader = websocket.Upgrader{}
	lock     sync.RWMutex
	clients  = map[chan []byte]struct{}{}
)

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	messages := make(chan []byte, waiting)
	lock.Lock()
	clients[messages] = struct{}{}
	lock.Unlock()
	go write(conn, messages)
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			break
		}
	}
	lock.Lock()
	delete(clients, messages)
	lock.Unlock()
	close(messages)
	conn.Close()
}

func write(conn *websocket.Conn, messages chan []byte) {
	for message := range messages {
		if conn.WriteMessage(websocket.TextMessage, message) != nil {
			conn.Close()
			break
		}
	}
	for range messages {
	}
}

func broadcast(message []byte) {
	lock.RLock()
	defer lock.RUnlock()
	for messages := range clients {
		select {
		case messages <- message:
		default: // too slow: this one misses it
		}
	}
}

func main() {
	http.HandleFunc("/ws", serve)
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			message, err := os.ReadFile(lines.Text())
			if err != nil {
				panic(err)
			}
			broadcast(message)
		}
		os.Exit(0)
	}()
	fmt.Println("ready")
	if err := http.ListenAndServe("127.0.0.1:"+os.Args[1], nil); err != nil {
		panic(err)
	}
}
