//! An encoder for tests, made up: each piece has a meaning, and a text means what its pieces do together. Its one layer adds nothing.

/// The bytes of its weights, for pieces with these meanings: 0 is none, equal ones are the same.
pub fn weights(meanings: &[u8]) -> Vec<u8> {
    let (dim, wide) = (384_usize, 64_usize);
    let mut file = b"MCENC\0\0\x01".to_vec();
    for number in [meanings.len(), dim, 1, 12, wide, 16] {
        file.extend(u32::try_from(number).expect("small").to_le_bytes());
    }
    let packed = |file: &mut Vec<u8>, weights: &[u8]| {
        // 2^-7 in 16 bits, for each 32.
        file.extend([0x00, 0x20].repeat(weights.len() / 32));
        file.extend(weights);
    };
    let rows = meanings.iter().flat_map(|meaning| {
        let mut state = u32::from(*meaning);
        (0..dim).map(move |_| {
            state = state
                .wrapping_mul(1_664_525)
                .wrapping_add(if state == 0 { 0 } else { 1_013_904_223 });
            (state >> 24) as u8
        })
    });
    packed(&mut file, &rows.collect::<Vec<u8>>());
    packed(&mut file, &vec![0; 16 * dim]);
    let norm = |file: &mut Vec<u8>| {
        file.extend(1.0_f32.to_le_bytes().repeat(dim));
        file.extend(vec![0; dim * 4]);
    };
    let dense = |file: &mut Vec<u8>, rows: usize, width: usize| {
        packed(file, &vec![0; rows * width]);
        file.extend(vec![0; rows * 4]);
    };
    norm(&mut file);
    (0..4).for_each(|_| dense(&mut file, dim, dim));
    norm(&mut file);
    dense(&mut file, wide, dim);
    dense(&mut file, dim, wide);
    norm(&mut file);
    file
}
