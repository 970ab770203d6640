# The SystemC module: its example, its registers as an initiator meets them, and the array beside
# what Verilator makes of its RTL.
if(NOT SYSTEMC_FOUND)
  return()
endif()
add_executable(systemc_registers systemc_registers.cpp)
target_link_libraries(systemc_registers PRIVATE bo_systemc bo_warnings)
foreach(program example registers cosim_ws cosim_os)
  if(TARGET systemc_${program})
    add_test(NAME systemc.${program} COMMAND systemc_${program})
    set_tests_properties(systemc.${program} PROPERTIES TIMEOUT 60
      ENVIRONMENT SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1)
  endif()
endforeach()
