#!/bin/sh
# has-tanh.sh - what gradc-reduce asks: 1 while the file shows the fault.
! grep -q ag.tanh "$1"
