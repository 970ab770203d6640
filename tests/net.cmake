# Networks.
bo_test(net bo_net SOURCES random_net.c LIBS m)
bo_test(net_reference bo_net SOURCES random_net.c LIBS m FAIL_ALLOC)
bo_test(quant bo_net LIBS m)
bo_test(dataset bo_net SOURCES temp_dir.c LIBS ZLIB::ZLIB FAIL_ALLOC)

# ONNX: the reader, the reference operators, and these against ONNX's own test data.
set(BO_ONNX_TESTDATA /usr/share/libonnx-testdata/data
  CACHE PATH "Folder of ONNX's test data, with node/ in it")
bo_test(tensor bo_net FAIL_ALLOC)
bo_test(onnx_model bo_net SOURCES onnx_writer.c FAIL_ALLOC)
bo_test(onnx_ops bo_net SOURCES onnx_writer.c LIBS m FAIL_ALLOC)
bo_test(onnx_node bo_net LIBS m)
target_compile_definitions(test_onnx_node PRIVATE BO_ONNX_TESTDATA="${BO_ONNX_TESTDATA}")

# ONNX import and export: graphs built in memory, against the interpreter.
set(random_graphs onnx_builder.c random_net.c random_onnx.c random_onnx_parts.c)
bo_test(onnx_import bo_net
  SOURCES import_graphs.c ${random_graphs} LIBS bo_onnx_proto m FAIL_ALLOC)
bo_test(import_refusals bo_net SOURCES import_graphs.c ${random_graphs} LIBS bo_onnx_proto m)
bo_test(import_random bo_net SOURCES ${random_graphs} LIBS bo_onnx_proto m)
bo_test(onnx_export bo_net SOURCES ${random_graphs} LIBS bo_onnx_proto m FAIL_ALLOC)
