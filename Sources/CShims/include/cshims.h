#pragma once
#include "crash.h"
#include "doorbell.h"
#include "signals.h"
#include "sockets.h"
#include "host_lock.h"
#include "thread_name.h"
#include "journal_thread.h"
